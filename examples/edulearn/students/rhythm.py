"""A day's rhythm, in ten minutes: when the learners of a school and of a university are busy."""

import math

DAY_SECONDS = 600.0
# Hour, width in hours, weight: lessons before and after noon, homework in the evening.
Peaks = tuple[tuple[float, float, float], ...]
SCHOOL: Peaks = ((9.5, 1.6, 1.0), (13.5, 1.3, 0.8), (18.5, 1.5, 0.5))
UNIVERSITY: Peaks = ((11.0, 2.0, 0.7), (16.0, 2.0, 0.8), (21.5, 1.8, 1.0))
# Somebody is always awake, so that the console never shows an empty night.
NIGHT = 0.45
# Soon after the day begins, so that the first minute shows one.
EXAM_HOURS = ((9.5, 12.0), (14.0, 16.5))


def hour_of_day(seconds: float) -> float:
    """The hour, 0 to 24, after so many seconds. Begins at nine: the first minute shall have something to show."""
    return (9.0 + seconds / DAY_SECONDS * 24.0) % 24.0


def activity(hour: float, peaks: Peaks) -> float:
    """How busy it is, from NIGHT to about 1.5."""

    def bump(middle: float, width: float, weight: float) -> float:
        # The shorter way round the clock: eleven at night is near one in the morning.
        distance = min(abs(hour - middle), 24.0 - abs(hour - middle))
        return weight * math.exp(-((distance / width) ** 2))

    return NIGHT + sum(bump(*peak) for peak in peaks)


def is_exam_time(hour: float) -> bool:
    """Whether exams are sat at that hour."""
    return any(begin <= hour < end for begin, end in EXAM_HOURS)
