"""What people look at: tables, summaries, scores and drawings, as data and as text."""
