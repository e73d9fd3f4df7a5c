"""The flavor does what every flavor does, and is found by its name."""

import numpy as np
from runstone_lookup import LookupTable
from runstone_lookup.flavor import LookupFlavor

import runstone
from runstone.testing.flavors import FlavorCases


def crops() -> LookupTable:
    return LookupTable(np.array([[60.0, 5.0], [70.0, 7.0]]), np.array([6.1, 8.3]))


class TestLookup(FlavorCases):
    flavor = LookupFlavor()
    needs = ("numpy", "runstone-lookup")

    def example(self):
        return crops(), np.array([[61.5, 5.0], [70.2, 7.0]])


def test_verbs_are_found_by_the_name_of_the_flavor(tmp_path):
    runstone.lookup.save_model(table=crops(), path=str(tmp_path / "a"))
    runstone.save_model(crops(), str(tmp_path / "b"))

    for place in ("a", "b"):
        loaded = runstone.pyfunc.load_model(str(tmp_path / place))
        assert loaded.predict(np.array([[59.0, 5.0]])).tolist() == [6.1]


def test_module_of_the_verbs_is_imported_as_others_are():
    import runstone.lookup
    from runstone.lookup import save_model

    assert save_model is runstone.lookup.save_model
