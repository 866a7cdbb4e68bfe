-- A case has a place (`held`), was called to one that came free (`called`), or waits (`line`), in the order of arrival.
ALTER TABLE hold ADD COLUMN place TEXT DEFAULT 'held' NOT NULL;
ALTER TABLE hold ADD COLUMN arrival BIGINT DEFAULT '0' NOT NULL;

-- How many wait before a case and itself. Row-level security hides the others from whoever asks, their number it may know.
CREATE FUNCTION places_in_line(wanted bigint) RETURNS TABLE (name text, place integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT own.name, CASE WHEN own.place = 'called' THEN 0 ELSE (
        SELECT count(*) FROM hold other WHERE other.scope = own.scope AND other.key = own.key
           AND other.place = 'line' AND other.arrival <= own.arrival) END::integer
    FROM hold own WHERE own.case_id = wanted AND own.place IN ('called', 'line')
$$;
REVOKE ALL ON FUNCTION places_in_line(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION places_in_line(bigint) TO alur_engine, alur_web;
