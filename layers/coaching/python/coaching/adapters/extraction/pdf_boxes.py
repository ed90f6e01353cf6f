"""Where the characters of a PDF page stand, as a reader sees the page: turned pages are turned."""

import ctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in points; the second and the fourth count upwards."""


class Boxes:
    """The boxes of a page's characters by PDFium's index."""

    def __init__(self, page: "PdfPage", text_page: "PdfTextPage") -> None:
        from pypdfium2 import raw

        self._text_page = text_page
        self._rotation = page.get_rotation()
        self._page: Box = page.get_bbox()
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._loose = raw.FS_RECTF()

    @property
    def page(self) -> Box:
        """The part of the page that is shown."""
        return self.turned(self._page)

    def ink(self, index: int) -> Box:
        """Return the box around what is drawn."""
        return self.turned(self.drawn(index))

    def drawn(self, index: int) -> Box:
        """Return the box around what is drawn, in the coordinates of the file."""
        from pypdfium2.raw import FPDFText_GetCharBox

        left, right, bottom, top = self._edges
        FPDFText_GetCharBox(self._text_page, index, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def loose(self, index: int) -> Box:
        """Return the box that the font gives the character, as high as its line."""
        from pypdfium2.raw import FPDFText_GetLooseCharBox

        box = self._loose
        FPDFText_GetLooseCharBox(self._text_page, index, box)
        return self.turned((box.left, box.bottom, box.right, box.top))

    def turned(self, box: Box) -> Box:
        """Return the box as the page is shown. The page's own edges are the origin of a turned page."""
        left, bottom, right, top = box
        match self._rotation:
            case 90:
                return bottom - self._page[1], self._page[2] - right, top - self._page[1], self._page[2] - left
            case 180:
                return self._page[2] - right, self._page[3] - top, self._page[2] - left, self._page[3] - bottom
            case 270:
                return self._page[3] - top, left - self._page[0], self._page[3] - bottom, right - self._page[0]
            case _:
                return box
