"""Which packages a model needs is read off what is installed here."""

from importlib.metadata import packages_distributions

from runstone.models import requirements


def test_modules_belong_to_the_packages_that_python_names() -> None:
    known = {module: sorted(names) for module, names in packages_distributions().items()}

    found = {module: sorted(names) for module, names in requirements._distributions().items()}

    assert found == known
