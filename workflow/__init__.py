"""The engine: decides, remembers and proves. It knows no web, no queue and no PDF."""
