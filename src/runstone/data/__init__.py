"""Data that runs read: described by name, digest, source, schema and profile, as MLflow describes it.

import pandas as pd
import runstone

wheat = runstone.data.from_pandas(pd.DataFrame({"height": [61.5, 58.0]}), source="wheat.csv", name="wheat")
runstone.log_input(wheat, context="training")
"""

from runstone.data.arrays import from_numpy
from runstone.data.dataset import Dataset
from runstone.data.frames import from_pandas, from_polars

__all__ = ["Dataset", "from_numpy", "from_pandas", "from_polars"]
