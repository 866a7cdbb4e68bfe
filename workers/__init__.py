"""Workers: woken through RQ, they perform commands and do the steps. PostgreSQL is the truth, RQ the wake-up."""
