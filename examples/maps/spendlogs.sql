-- LiteLLM's spend table (PostgreSQL), a JSON line each. Not by COPY: its text format doubles backslashes.
--   psql -X -A -t -v from=2026-03-01 -v to=2026-03-02 -f spendlogs.sql "$DATABASE_URL" > day.jsonl
-- retort reads these rows as they are; the map is for accounts or fields of your own.
SELECT row_to_json(s)
FROM (SELECT * FROM "LiteLLM_SpendLogs"
      WHERE "startTime" >= :'from' AND "startTime" < :'to') AS s
ORDER BY s."startTime";
