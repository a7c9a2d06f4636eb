-- name: lock
-- People are linked by many at once, but not while one is being erased.
SELECT pg_advisory_xact_lock_shared(1701082987);

-- name: leave_circles
-- A key that was current once may be so again: what leads away from its tokens ends.
DELETE FROM person_links WHERE earlier = ANY(%(current)s::text[]);

-- name: move_links
-- What led to a token that is an earlier one now leads to the current one.
UPDATE person_links SET current = new.current
FROM unnest(%(earlier)s::text[], %(current)s::text[]) AS new (earlier, current)
WHERE person_links.current = new.earlier;

-- name: add_links
-- None of people who were erased and whose records may still be under way.
INSERT INTO person_links (earlier, current)
SELECT new.earlier, new.current
FROM unnest(%(earlier)s::text[], %(current)s::text[]) AS new (earlier, current)
WHERE new.earlier NOT IN (SELECT unnest(tokens) FROM erasures WHERE tenant_id IS NULL)
ORDER BY new.earlier
ON CONFLICT (earlier) DO UPDATE SET current = excluded.current WHERE person_links.current <> excluded.current;

-- name: linked
-- Everything that is linked with any of some tokens.
SELECT earlier, current FROM person_links
WHERE current IN (SELECT current FROM person_links WHERE earlier = ANY(%(tokens)s::text[])
                  UNION ALL SELECT unnest(%(tokens)s::text[]));

-- name: forget
DELETE FROM person_links WHERE earlier = ANY(%(tokens)s::text[]) OR current = ANY(%(tokens)s::text[]);

-- name: any
SELECT EXISTS (SELECT 1 FROM person_links) AS is_any;
