"""What the miniature's tasks have in common: the parameters of upstream's container and HTCondor layers.

No container is started and no job submitted here; the parameters exist so that the same cfg and the same command
line configure these tasks.
"""

import os

import law
import luigi


class AframeTask(law.Task):
    """Parameters of every task that upstream runs in a container."""

    dev = luigi.BoolParameter(default=False, significant=False, description="accepted; there is no container here")
    gpus = luigi.Parameter(
        default=os.environ.get("CUDA_VISIBLE_DEVICES", ""), significant=False, description="accepted; not used"
    )
    image = luigi.Parameter(default="", significant=False)
    container_root = luigi.Parameter(default=os.environ.get("AFRAME_CONTAINER_ROOT", ""), significant=False)
    job_log = luigi.Parameter(default="", significant=False)

    exclude_params_req = {"image", "container_root", "job_log"}

    def say(self, text: str) -> None:
        """One line of progress for whoever watches."""
        print(f"{type(self).__name__}: {text}", flush=True)


class CondorParameters(law.Task):
    """The HTCondor parameters that sections of the cfg may hold."""

    condor_directory = luigi.Parameter(default="", significant=False)
    accounting_group_user = luigi.Parameter(default=os.environ.get("LIGO_USERNAME", ""), significant=False)
    accounting_group = luigi.Parameter(default=os.environ.get("LIGO_GROUP", ""), significant=False)
    request_disk = luigi.Parameter(default="1024 Kb", significant=False)
    request_memory = luigi.Parameter(default="3267 Mb", significant=False)
    request_cpus = luigi.IntParameter(default=1, significant=False)

    exclude_params_req = {"condor_directory", "request_disk", "request_memory", "request_cpus"}


def check_workflow(task: law.Task) -> None:
    """Refuse `workflow = htcondor`, which needs a cluster that the miniature does not have."""
    if task.workflow not in (law.NO_STR, "", "local"):
        raise ValueError(
            f"workflow = {task.workflow} in [luigi_{type(task).__name__}]: the miniature runs on this machine only; "
            f"set workflow = local"
        )


class AframeWorkflow(AframeTask, CondorParameters, law.LocalWorkflow):
    """A fan-out task: one branch per file."""

    exclude_params_req = (
        AframeTask.exclude_params_req | CondorParameters.exclude_params_req | law.LocalWorkflow.exclude_params_req
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        check_workflow(self)


class AframeMergeTask(AframeTask, CondorParameters):
    """A task that merges the branches of a fan-out task and takes its `workflow` parameter."""

    workflow = luigi.Parameter(default="local", significant=False)
    num_jobs = luigi.IntParameter(default=10, significant=False)

    exclude_params_req = AframeTask.exclude_params_req | CondorParameters.exclude_params_req | {"workflow"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        check_workflow(self)
