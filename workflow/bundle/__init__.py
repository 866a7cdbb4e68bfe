"""What an evidence bundle tells of a case. Pure; the bytes stand in docs/reference/bundle.md."""
