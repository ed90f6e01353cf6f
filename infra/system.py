"""THE FLOOR PLAN: what the system is made of. The stacks, the local run and the OpenAPI document are built from it.

Its functions stand in `infra.capabilities`, its routes in `infra.routes`.
"""

from infra.capabilities import CAPABILITIES
from infra.plan import Bucket, EventRule, Index, Queue, Schedule, StateMachine, System, Table
from infra.routes import ROUTES

INDEXES = (Index("due", "due_shard", "due_at"), Index("inbox", "inbox", "inbox_rank"))

SYSTEM = System(
    capabilities=CAPABILITIES,
    routes=ROUTES,
    table=Table("coaching", "pk", "sk", "expires_at", indexes=INDEXES),
    buckets=(
        Bucket("uploads", versioned=True, keep_versions_days=30, announces=True),
        Bucket("work", expire_days=7),
        Bucket("segments"),
    ),
    queues=(
        Queue("ingestion", "ingest_document", visibility_seconds=180, max_receives=5, batch_size=10),
        Queue("transcriptions", "finish_transcription", visibility_seconds=180, max_receives=5, batch_size=10),
    ),
    rules=(
        EventRule(
            "document-uploaded",
            {
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": ["${uploads}"]}, "object": {"key": [{"prefix": "uploads/"}]}},
            },
            queue="ingestion",
        ),
        EventRule(
            "transcription-ended",
            {
                "source": ["aws.transcribe"],
                "detail-type": ["Transcribe Job State Change"],
                "detail": {
                    "TranscriptionJobName": [{"prefix": "${transcriptions}"}],
                    "TranscriptionJobStatus": ["COMPLETED", "FAILED"],
                },
            },
            queue="transcriptions",
        ),
    ),
    state_machines=(
        StateMachine(
            "ingestion",
            {
                "StartTranscription": "start_transcription",
                "ExtractDocument": "extract_document",
                "SplitDocument": "split_document",
                "EmbedPassages": "embed_passages",
                "IndexPassages": "index_passages",
                "PublishDocument": "publish_document",
                "PostponeEmbedding": "postpone_embedding",
                "FailDocument": "fail_document",
                "EndIngestion": "end_ingestion",
            },
            # It fails for every document that cannot be read, and that is its creator's business.
            failures_alarm=5,
        ),
        StateMachine(
            "deletion",
            {
                "RemoveDocument": "remove_document",
                "VerifyRemoval": "verify_removal",
                "ForgetDocument": "forget_document",
                "FailDeletion": "fail_deletion",
            },
        ),
        # An escalation that nobody claimed fails: that is what wakes somebody.
        StateMachine("escalation", {"AdvanceEscalation": "advance_escalation"}),
        StateMachine("switching", {"SwitchModel": "switch_model", "FailSwitch": "fail_switch"}),
    ),
    schedules=(
        Schedule("sweep", "sweep_documents", every_minutes=5),
        Schedule("sweep-escalations", "sweep_escalations", every_minutes=2),
    ),
)
