"""Every table, for migrations: importing this module fills Base.metadata."""

import hub.accounts.models
import hub.catalog.models
import hub.deployment
import hub.forwarding.models
import hub.jobs.models
import hub.learners.models
import hub.lrs.attachment_models
import hub.lrs.document_models
import hub.lrs.models
import hub.lrs.request_models
import hub.progress.models
import hub.rejections.models
import hub.runs.models
import hub.sources.models
import hub.touched  # noqa: F401 - the last of them is "unused" once, by its name
from hub.database import Base

metadata = Base.metadata

__all__ = ["metadata"]
