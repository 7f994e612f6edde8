from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def corner() -> np.ndarray:
    """A picture, white, that no turn and no mirror leaves as it is: uint8 (40, 60), an L, black, in its upper left."""
    grey = np.full((40, 60), 255, np.uint8)
    grey[4:24, 6:10] = 0
    grey[20:24, 6:20] = 0
    return grey
