-- name: findings
-- What was found in a time, by kind, service and field.
SELECT kind, service_name, field, sum(count) AS count, max(minute) AS last_seen
FROM eduscope.findings FINAL
WHERE $window
GROUP BY kind, service_name, field
ORDER BY count DESC, kind, service_name, field
LIMIT {limit:UInt32}

-- name: course
-- How much of each kind was found in each step of a time; a step starts at a multiple of its length since 1970.
SELECT intDiv(toUnixTimestamp(minute), {step:UInt32}) AS slot, kind, sum(count) AS count
FROM eduscope.findings FINAL
WHERE $window
GROUP BY slot, kind
ORDER BY slot, kind

-- name: undeclared
-- The names that nobody declared, with the services that send them. `different` is the most values of one minute.
SELECT field AS name, groupUniqArray(20)(service_name) AS services, sum(count) AS count, max(different) AS different,
    min(minute) AS first_seen, max(minute) AS last_seen
FROM eduscope.findings FINAL
WHERE $window AND kind = 'undeclared'
GROUP BY field
ORDER BY count DESC, field
LIMIT {limit:UInt32}

-- name: window
-- The minutes asked about, and whose.
minute >= {from:DateTime('UTC')} AND minute < {to:DateTime('UTC')} AND kind != ''
AND ({service:String} = '' OR service_name = {service:String})
AND ({tenant:String} = '' OR tenant_id = {tenant:String})
AND ({everything:Bool} OR tenant_id IN {tenants:Array(String)})
