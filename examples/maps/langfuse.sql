-- Langfuse (ClickHouse): generations and the user of their trace, a JSON line each.
--   clickhouse-client --query "$(cat langfuse.sql)" --param_from='2026-03-01 00:00:00' --param_to='2026-03-02 00:00:00' > day.jsonl
SELECT
    o.id AS id,
    o.trace_id AS trace_id,
    o.project_id AS project_id,
    t.user_id AS user_id,
    t.session_id AS session_id,
    t.metadata['ip'] AS ip,
    t.metadata['user_agent'] AS user_agent,
    toUnixTimestamp64Milli(o.start_time) AS start_ms,
    dateDiff('millisecond', o.start_time, o.end_time) AS latency_ms,
    o.provided_model_name AS model,
    o.model_parameters AS parameters,
    o.input AS input,
    o.output AS output,
    o.usage_details AS usage,
    if(o.level = 'ERROR', 'error', 'ok') AS outcome
FROM observations AS o FINAL
LEFT JOIN traces AS t FINAL ON t.id = o.trace_id AND t.project_id = o.project_id
WHERE o.type = 'GENERATION'
  AND o.start_time >= {from:DateTime64(3)} AND o.start_time < {to:DateTime64(3)}
ORDER BY o.start_time
FORMAT JSONEachRow
