-- name: count_minutes
-- Counts the records that one table received in a time into `findings`, minute by minute. A text tells by itself what was done to it: it is the
-- token of an undeclared value, or bears markers such as [EMAIL] and [withheld:prose].
INSERT INTO eduscope.findings
SELECT minute, {signal:String} AS signal, found.2 AS kind, service_name, tenant_id,
    found.1 AS field, count() AS count, uniq(found.3) AS different
FROM (
    SELECT toStartOfMinute(received_at) AS minute, service_name, tenant_id, arrayJoin(arrayConcat(
        arrayFlatten(arrayMap(
            pair -> arrayMap(
                kind -> (pair.1, kind, pair.2),
                if(startsWith(pair.2, 'und_'), ['undeclared'],
                   arrayFilter(kind -> kind IN {kinds:Array(String)} OR startsWith(kind, 'withheld'),
                               extractAll(pair.2, '\\[([A-Z_]{2,24}|withheld(?::[a-z_]{2,24})?)\\]')))),
            arrayFilter(pair -> startsWith(pair.2, 'und_') OR position(pair.2, '[') > 0, $texts))),
        arrayMap(mark -> ('', mark, ''), arrayFilter(mark -> mark = 'id_replaced', CAST(marks, 'Array(String)')))
    )) AS found
    FROM eduscope.$table
    WHERE received_at >= {from:DateTime('UTC')} AND received_at < {to:DateTime('UTC')}
)
GROUP BY minute, kind, service_name, tenant_id, field

-- name: log_texts
-- The texts of a log line, with the names of their fields.
arrayConcat([('message', message)], CAST(attributes, 'Array(Tuple(String, String))'))

-- name: span_texts
-- The texts of a span and of its events.
arrayConcat([('name', CAST(name, 'String')), ('status_message', status_message)],
            CAST(attributes, 'Array(Tuple(String, String))'),
            arrayFlatten(arrayMap(event -> CAST(event.attributes, 'Array(Tuple(String, String))'), events)))

-- name: mark_minute
-- Says that everything up to this minute has been counted, whatever it held.
INSERT INTO eduscope.findings (minute, signal, kind, service_name, tenant_id, field, count, different)
VALUES ({minute:DateTime('UTC')}, '', '', '', '', '', 0, 0)

-- name: last_minute
-- The last minute counted; 1970 where none was.
SELECT max(minute) AS minute FROM eduscope.findings WHERE kind = ''
