"""What every registry of models must do, as tests that a registry's own test module runs.

Example::

    from runstone.testing.registry import RegistryStoreCases

    class TestMyRegistry(RegistryStoreCases):
        @pytest.fixture
        def store(self, tmp_path):
            return MyRegistry(tmp_path)

The fixture gives a new registry to each test. Cases are added with minor versions of Runstone: pin the version that
your registry is tested with.
"""

from runstone.testing.model_version_cases import ModelVersionCases
from runstone.testing.registered_model_cases import RegisteredModelCases
from runstone.testing.text_cases import RegistryTextCases

__all__ = ["ModelVersionCases", "RegisteredModelCases", "RegistryStoreCases", "RegistryTextCases"]


class RegistryStoreCases(RegisteredModelCases, ModelVersionCases, RegistryTextCases):
    """All that ``RegistryStore`` says, a sentence a case. Subclass it and provide the fixture ``store``."""
