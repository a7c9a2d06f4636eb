-- name: values
-- The most frequent values of each field, among the newest records that match.
SELECT field, value, count() AS records
FROM (
    SELECT arrayJoin(arrayConcat(
        [
            ('log_level', toString(log_level)), ('service_name', toString(service_name)),
            ('tenant_id', toString(tenant_id)), ('environment', toString(environment)),
            ('release', toString(release))
        ],
        arrayMap(mark -> ('marks', toString(mark)), marks),
        arrayFilter(
            pair -> pair.1 IN {texts:Array(String)},
            arrayMap((key, text) -> (toString(key), text), mapKeys(attributes), mapValues(attributes))
        ),
        arrayFilter(
            pair -> pair.1 IN {codes:Array(String)},
            arrayMap((key, number) -> (toString(key), toString(number)), mapKeys(measures), mapValues(measures))
        )
    )) AS pair, pair.1 AS field, pair.2 AS value
    FROM (
        SELECT log_level, service_name, tenant_id, environment, release, marks, attributes, measures
        FROM eduscope.logs
        WHERE $condition
        ORDER BY timestamp DESC
        LIMIT {sample:UInt32}
    )
)
WHERE value != ''
GROUP BY field, value
ORDER BY records DESC, value
LIMIT {values:UInt32} BY field

-- name: measures
-- Which numbers the newest records that match carry.
SELECT arrayJoin(mapKeys(measures)) AS field, count() AS records
FROM (
    SELECT measures FROM eduscope.logs WHERE $condition ORDER BY timestamp DESC LIMIT {sample:UInt32}
)
GROUP BY field
ORDER BY records DESC
LIMIT 100
