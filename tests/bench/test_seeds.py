from bench import seeds


def test_summary_by_hand():
    rows = [{"seed": s, "error": e, "seconds": t} for s, e, t in ((0, 0.01, 4.0), (1, 0.02, 5.0), (2, 0.03, 6.0))]
    expected = "3 seeds: error 2.00% ± 1.00, from 1.00 to 3.00; seconds 5.00 s ± 1.00, from 4.00 to 6.00"
    assert seeds.summary(rows) == expected


def test_one_seed_has_no_spread():
    assert "± 0.00" in seeds.summary([{"seed": 0, "error": 0.5, "seconds": 1.0}])
