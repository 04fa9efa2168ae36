"""How a deployment is described: settings and logging. Only hub reads it."""

from config.settings import BadSettings, Settings, load_settings

__all__ = ["BadSettings", "Settings", "load_settings"]
