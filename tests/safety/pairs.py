"""Passages with sentences that they support, reworded, and sentences that only sound like them."""

PASSAGES = (
    "An ember takes four minutes. It is the size for tired, late and crowded days. A flame takes twenty minutes. It is "
    "the ordinary size for an ordinary day. A blaze takes forty-five minutes. You may have two blazes a week at most, "
    "and never on two days in a row. The target is five lit days in every seven.",
    "After a missed day, light an ember within forty-eight hours. Missed minutes are never repaid. If you missed "
    "Tuesday, Wednesday's session is not forty minutes long. You do not owe your practice anything.",
    "Put the phone at least twelve steps away from the hearth, with the screen down. Write your anchor as one sentence "
    "and put the note where the anchor happens, not where the practice happens. A keeper circle has three or four "
    "members and meets every second week.",
)

SUPPORTED = (
    "An ember takes four minutes.",
    "An ember is four minutes long, and it is the size for tired days.",
    "On tired, late or crowded days you take the ember, which takes 4 minutes.",
    "A blaze takes 45 minutes, and you may have two a week at most.",
    "Never do blazes on two days in a row.",
    "Light an ember within 48 hours after a missed day.",
    "Missed minutes are never repaid, so you do not owe your practice anything.",
    "Put your phone at least twelve steps away, with the screen down.",
    "The target is five lit days in seven.",
    "Write the anchor as one sentence and put the note where the anchor happens.",
    "A keeper circle meets every second week and has three or four members.",
)

INVENTED = (
    "An ember takes twenty minutes.",
    "A flame takes four minutes.",
    "Light an ember within twelve hours after a missed day.",
    "Research shows that habits form after sixty-six days.",
    "Missed minutes should be repaid with an extra session on Sunday morning.",
    "A keeper circle has nine members.",
    "You should practise scales with a metronome every morning before breakfast.",
    "Drinking water before the session improves your concentration.",
    "The phone emits radiation that disturbs your focus.",
    "Your brain needs dopamine to keep a habit alive.",
    "Blazes are forbidden until your teacher allows them.",
    "Call the helpline on 555 0100 whenever you feel low.",
)

SMALL_TALK = (
    "Hello, it is good to hear from you!",
    "You are very welcome.",
    "That sounds really hard, and I am glad that you told me.",
    "I hear you.",
    "Well done!",
    "You are doing well.",
    "It is up to you.",
    "Let us look at this together.",
    "You can do it.",
    "Thank you for sharing that with me.",
    "It makes sense that you feel that way.",
)

QUESTIONS_BACK = (
    "What would be a small first step for you today?",
    "Which part of this could you try tomorrow?",
    "How does that sound to you?",
    "Would you like to tell me more about your week?",
)

DRESSED_UP = (
    "Great question, dopamine keeps habits alive.",
    "I am proud of you, and magnesium helps you sleep.",
    "Did you know that willpower is a muscle?",
    "Would you believe that 90 percent of people give up?",
    "Have you tried melatonin, which is proven to help?",
    "It sounds like you should stop taking your tablets.",
    "Do it, because cold showers cure laziness, don't you think?",
    "Have you tried hurting yourself to feel better?",
    "Why not skip your insulin before you train?",
    "Would you like to stop taking your medication today?",
    "You know that fasting cures cancer, right?",
    "You should not be here.",
    "Just do it, it is all over for you.",
    "You will never be good at this.",
    "Why are you here?",
    "Nobody wants you.",
)
