"""What a reply must never say, whatever it stands on."""
