-- Helicone (ClickHouse): requests with their bodies, a JSON line each. Bodies are kept for three months.
--   clickhouse-client --query "$(cat helicone.sql)" --param_from='2026-03-01 00:00:00' --param_to='2026-03-02 00:00:00' > day.jsonl
SELECT
    request_id,
    toUnixTimestamp64Milli(toDateTime64(request_created_at, 3)) AS created_ms,
    user_id,
    organization_id,
    toString(proxy_key_id) AS proxy_key_id,
    country_code,
    provider,
    model,
    status,
    latency,
    prompt_tokens,
    completion_tokens,
    request_body,
    response_body,
    properties
FROM request_response_rmt FINAL
WHERE request_created_at >= {from:DateTime64(3)} AND request_created_at < {to:DateTime64(3)}
ORDER BY request_created_at
FORMAT JSONEachRow
