"""The flavors that come with Runstone, and where each one is; nothing is imported to know them."""

# By the order in which a model is offered to them: what other libraries make of scikit-learn and of
# PyTorch goes first.
BUILT_IN = {
    "xgboost": "runstone.flavors.xgboost:XgboostFlavor",
    "lightgbm": "runstone.flavors.lightgbm:LightgbmFlavor",
    "catboost": "runstone.flavors.catboost:CatboostFlavor",
    "statsmodels": "runstone.flavors.statsmodels:StatsmodelsFlavor",
    "onnx": "runstone.flavors.onnx:OnnxFlavor",
    "prophet": "runstone.flavors.prophet:ProphetFlavor",
    "spark": "runstone.flavors.spark:SparkFlavor",
    "spacy": "runstone.flavors.spacy:SpacyFlavor",
    "keras": "runstone.flavors.keras:KerasFlavor",
    "transformers": "runstone.flavors.transformers:TransformersFlavor",
    "pytorch": "runstone.flavors.pytorch:PytorchFlavor",
    "sklearn": "runstone.flavors.sklearn:SklearnFlavor",
    "pyfunc": "runstone.flavors.pyfunc:PyfuncFlavor",
}
