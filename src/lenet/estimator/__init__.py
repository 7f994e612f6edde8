"""The scikit-learn face: ``LeNetClassifier``. It needs scikit-learn, the extra ``lenet[sklearn]``."""

from ..extras import require

require("sklearn", "sklearn", "LeNetClassifier")

from .classifier import LeNetClassifier  # noqa: E402  only where scikit-learn is there

__all__ = ["LeNetClassifier"]
