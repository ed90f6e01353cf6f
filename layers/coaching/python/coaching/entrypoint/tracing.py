"""Traces by Powertools and X-Ray.

Apart from logs and metrics, because X-Ray's SDK takes half a second to import, and the streaming function has no use
for it: behind the Lambda Web Adapter its process is not told the trace's id.
"""

from aws_lambda_powertools import Tracer

tracer = Tracer()
