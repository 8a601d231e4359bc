#!/bin/sh
handle() { # $1 is the line
  case $(printf '%s' "$1" | jq -r 'if .value == null then "null" else "text" end') in
    null) echo "no value"; return 1 ;;
  esac
  # Your work, with standard output in a log: what handle prints is the reason of a failure.
}

while IFS= read -r line; do
  id=${line#'{"id":'}
  id=${id%%',"key":'*} # still as JSON, quotes and all
  if said=$(handle "$line"); then
    printf '{"id":%s,"ok":true}\n' "$id"
  else
    printf '{"id":%s,"ok":false,"error":%s}\n' "$id" "$(printf '%s' "$said" | jq -Rs .)"
  fi
done
