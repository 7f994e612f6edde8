from __future__ import annotations

import json

import numpy as np

from lenet.model import Metrics
from lenet.report import scores

METRICS = Metrics(0.5, np.array([[8, 2, 0], [0, 10, 0], [1, 4, 0]]))
CLASSES = ("zero", "one", "two")


def test_error_and_accuracy_in_a_line():
    assert scores.line(METRICS.summary()) == "error 28.00% (7 of 25 read wrong), accuracy 72.00%"


def test_each_class_with_recall_precision_and_what_it_is_taken_for():
    assert scores.by_class(METRICS, CLASSES).rows == [
        ("zero", "10", "2", "80.00%", "88.89%", "one (2)"),
        ("one", "10", "0", "100.00%", "62.50%", ""),
        ("two", "5", "5", "0.00%", "-", "one (4), zero (1)"),
    ]


def test_a_class_without_pictures_has_no_recall():
    metrics = Metrics(0.0, np.array([[3, 0], [0, 0]]))
    assert scores.by_class(metrics, ("a", "b")).rows[1] == ("b", "0", "0", "-", "-", "")


def test_the_matrix_leaves_zeros_blank():
    assert scores.matrix(METRICS, CLASSES).text().splitlines() == [
        "is / read as  zero  one  two",
        "zero             8    2    .",
        "one              .   10    .",
        "two              1    4    .",
    ]


def test_the_document_is_json():
    document = json.loads(json.dumps(scores.document(METRICS, CLASSES)))
    assert document["confusion"] == [[8, 2, 0], [0, 10, 0], [1, 4, 0]]
    assert (document["wrong"], document["count"], document["classes"]) == (7, 25, list(CLASSES))
