#!/usr/bin/env bash
# One node of the model service: starts Ollama, gets the models, loads them, and only then is ready.
#
#   entry.sh [serve]   serve until SIGTERM. Then the node is not ready any more, goes on until the requests that run have
#                      ended (DRAIN_SECONDS at most), and ends with status 0. A second SIGTERM ends it at once.
#   entry.sh ready     status 0 where every model has been loaded and the server answers: the container's health check
#
# MODELS              names, separated by spaces: those that are loaded before the node is ready
# MODEL_SOURCE        registry: Ollama pulls them; s3: copied from MODELS_S3 (s3://bucket/prefix) with the aws command;
#                     url: a tar at MODELS_URL, presigned say. Both hold what stands in an Ollama's models folder
# OLLAMA_NUM_PARALLEL requests that the server answers side by side; what is over them waits in its queue
# METRIC_SERVICE      where it is set, the requests at this node go to CloudWatch under this name, by way of the log
set -euo pipefail

export OLLAMA_HOST="${OLLAMA_HOST:-0.0.0.0:11434}"
export OLLAMA_MODELS="${OLLAMA_MODELS:-$HOME/.ollama/models}"
readonly PORT="${OLLAMA_HOST##*:}"
readonly URL="http://127.0.0.1:$PORT"
readonly READY_FILE="${READY_FILE:-/tmp/ollama-gpu.ready}"
readonly MODELFILES="${MODELFILES:-$(dirname "${BASH_SOURCE[0]}")/modelfiles}"
readonly MODELS="${MODELS:-}" MODEL_SOURCE="${MODEL_SOURCE:-registry}" METRIC_SERVICE="${METRIC_SERVICE:-}"
readonly START_SECONDS="${START_SECONDS:-60}" FETCH_SECONDS="${FETCH_SECONDS:-1800}" LOAD_SECONDS="${LOAD_SECONDS:-300}"
readonly ATTEMPTS="${ATTEMPTS:-5}" RETRY_MILLISECONDS="${RETRY_MILLISECONDS:-2000}" LONGEST_RETRY_MILLISECONDS=60000
# Callers learn of a node's end from DNS: for so long new requests may still come, and are served.
readonly SETTLE_SECONDS="${SETTLE_SECONDS:-20}" DRAIN_SECONDS="${DRAIN_SECONDS:-100}"
# One line of the log can carry a hundred values.
readonly SAMPLES="${SAMPLES:-60}"

server='' child='' terms=0 requests=0

say() { printf 'ollama-gpu: %s\n' "$*" >&2; }

fatal() {
  say "fatal: $*"
  end 1
}

alive() { [[ -n $1 ]] && kill -0 "$1" 2>/dev/null; }

# end STATUS: end all that was started here, by force where five seconds do not suffice.
end() {
  rm -f "$READY_FILE"
  if alive "$child"; then kill -TERM "$child" 2>/dev/null || true; fi
  if alive "$server"; then kill -TERM "$server" 2>/dev/null || true; fi
  for ((tenth = 0; tenth < 50; tenth++)); do
    alive "$server" || exit "$1"
    sleep 0.1
  done
  kill -KILL "$server" 2>/dev/null || true
  exit "$1"
}

# nap SECONDS: sleep, or until a signal.
nap() {
  sleep "$1" &
  child=$!
  wait "$child" || true
}

# run COMMAND...: run it so that a signal is heard meanwhile; before the node is ready there is nothing to drain.
run() {
  local status=0
  "$@" &
  child=$!
  wait "$child" || status=$?
  ((terms == 0)) || end 0
  return "$status"
}

# retried WHAT COMMAND...: try ATTEMPTS times, waiting twice as long each time and never in step with other nodes.
retried() {
  local what=$1 attempt milliseconds=$RETRY_MILLISECONDS pause
  shift
  for ((attempt = 1; ; attempt++)); do
    if "$@"; then return; fi
    alive "$server" || fatal "the server ended while it was $what"
    ((attempt < ATTEMPTS)) || fatal "$what failed $ATTEMPTS times"
    pause=$((milliseconds / 2 + RANDOM % (milliseconds + 1)))
    printf -v pause '%d.%03d' $((pause / 1000)) $((pause % 1000))
    say "$what failed (attempt $attempt of $ATTEMPTS), again in $pause s"
    nap "$pause"
    ((terms == 0)) || end 0
    milliseconds=$((milliseconds * 2))
    ((milliseconds <= LONGEST_RETRY_MILLISECONDS)) || milliseconds=$LONGEST_RETRY_MILLISECONDS
  done
}

# post SECONDS PATH BODY: call the server; what it answers goes to the log.
post() { run curl --silent --show-error --fail-with-body --max-time "$1" --data "$3" --write-out '\n' "$URL$2" >&2; }

pull() { post "$FETCH_SECONDS" /api/pull "{\"model\": \"$1\", \"stream\": false}"; }

copy_from_s3() { run timeout "$FETCH_SECONDS" aws s3 sync --only-show-errors "$MODELS_S3" "$OLLAMA_MODELS"; }

copy_from_url() {
  # shellcheck disable=SC2016 # the inner shell expands them
  run timeout "$FETCH_SECONDS" bash -o pipefail -c 'curl --silent --show-error --fail --location "$1" | tar -x -C "$2"' \
    - "$MODELS_URL" "$OLLAMA_MODELS"
}

# The window and whatever else the Modelfile says belong to the model from here on.
customise() { run env OLLAMA_HOST="127.0.0.1:$PORT" timeout "$LOAD_SECONDS" ollama create "$1" -f "$2" >&2; }

# No message: the model is loaded and says nothing.
load() { post "$LOAD_SECONDS" /api/chat "{\"model\": \"$1\", \"messages\": [], \"keep_alive\": -1, \"stream\": false}"; }

get_models() {
  local model modelfile
  case $MODEL_SOURCE in
    registry) for model in $MODELS; do retried "pulling $model" pull "$model"; done ;;
    s3) retried "copying the models from $MODELS_S3" copy_from_s3 ;;
    url) retried "copying the models from their address" copy_from_url ;;
  esac
  for model in $MODELS; do
    modelfile="$MODELFILES/${model//[:\/]/-}.Modelfile"
    if [[ -f $modelfile ]]; then retried "customising $model" customise "$model" "$modelfile"; fi
  done
}

check_settings() {
  local model
  [[ -n $MODELS ]] || fatal "MODELS names no model"
  for model in $MODELS; do
    [[ $model =~ ^[A-Za-z0-9][A-Za-z0-9._/:-]*$ ]] || fatal "MODELS: $model is no name of a model"
  done
  case $MODEL_SOURCE in
    registry) ;;
    s3) [[ ${MODELS_S3:-} == s3://* ]] || fatal "MODELS_S3 has to begin with s3://" ;;
    url) [[ -n ${MODELS_URL:-} ]] || fatal "MODELS_URL is missing" ;;
    *) fatal "MODEL_SOURCE is registry, s3 or url, not $MODEL_SOURCE" ;;
  esac
}

start_server() {
  mkdir -p "$OLLAMA_MODELS"
  ollama serve &
  server=$!
  until run curl --silent --fail --max-time 2 --output /dev/null "$URL/api/version"; do
    alive "$server" || fatal "the server ended as soon as it was started"
    ((SECONDS < START_SECONDS)) || fatal "the server did not answer within $START_SECONDS s"
    nap 0.1
  done
}

# Set `requests` to those at the server, running or waiting: its connections, as callers open one for each request.
count_requests() {
  local address state port
  printf -v port '%04X' "$PORT"
  requests=0
  while read -r _ address _ state _; do
    if [[ $state == 01 && ${address##*:} == "$port" ]]; then requests=$((requests + 1)); fi
  done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
}

# report VALUES: CloudWatch makes metrics of lines in its embedded metric format.
report() {
  local metrics='[{"Name": "OllamaRequests", "Unit": "Count"}]'
  printf '{"_aws": {"Timestamp": %(%s)T000, "CloudWatchMetrics": [{"Namespace": "CreatorCoach", ' -1
  printf '"Dimensions": [["service"]], "Metrics": %s}]}, ' "$metrics"
  printf '"service": "%s", "OllamaRequests": [%s]}\n' "$METRIC_SERVICE" "$1"
}

watch_until_told_to_end() {
  local values='' count=0
  while ((terms == 0)); do
    alive "$server" || fatal "the server ended by itself"
    if [[ -n $METRIC_SERVICE ]]; then
      count_requests
      values+="${values:+, }$requests"
      count=$((count + 1))
      if ((count >= SAMPLES)); then
        report "$values"
        values='' count=0
      fi
    fi
    nap 1
  done
}

drain() {
  local settled=$((SECONDS + SETTLE_SECONDS)) latest=$((SECONDS + DRAIN_SECONDS))
  rm -f "$READY_FILE"
  say "draining: no longer ready, requests that run go on"
  while ((terms < 2)) && alive "$server"; do
    count_requests
    if ((requests == 0 && SECONDS >= settled)); then
      say "drained"
      return
    fi
    if ((SECONDS >= latest)); then
      say "$requests requests still ran after $DRAIN_SECONDS s"
      return
    fi
    nap 0.2
  done
}

serve() {
  local model
  trap 'terms=$((terms + 1))' TERM INT
  rm -f "$READY_FILE"
  check_settings
  start_server
  get_models
  for model in $MODELS; do retried "loading $model" load "$model"; done
  : >"$READY_FILE"
  say "ready: $MODELS"
  watch_until_told_to_end
  drain
  end 0
}

# A model may make room for another that is asked for; that one of them is loaded shows that the machine works.
ready() {
  [[ -f $READY_FILE ]] && curl --silent --fail --max-time 3 "$URL/api/ps" | grep --quiet '"name"'
}

case ${1:-serve} in
  serve) serve ;;
  ready) ready ;;
  *) fatal "entry.sh serve, or entry.sh ready" ;;
esac
