#!/bin/sh
# What Lambda starts for this function: the Lambda Web Adapter passes each request on to the server on AWS_LWA_PORT.
# The server keeps connections open longer than the adapter does, so none is closed under a request.
cd "$LAMBDA_TASK_ROOT" || exit 1
export PYTHONPATH="$LAMBDA_TASK_ROOT:/opt/python"
exec python -m uvicorn handler:app --host 127.0.0.1 --port "$AWS_LWA_PORT" \
  --no-access-log --no-server-header --no-date-header --timeout-keep-alive 900 --log-level warning
