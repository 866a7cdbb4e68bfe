"""Cards, signatures, verification and checks of uploads: bytes in, signed bytes or a typed report out.

The package knows no case, no web and no database. Import its modules by name: pyHanko costs half a second and
67 MB, so only `phases`, `timestamps` and `validation` import it, and nothing is imported here.
"""
