-- What a valid card is reported as, since when, and whether its office confirmed it: what anybody who checks it is told.
CREATE FUNCTION card_marks(wanted text) RETURNS TABLE (kind text, since timestamptz, confirmed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.kind, min(r.at), coalesce(bool_or(r.verdict = 'confirmed'), false)
    FROM card_named(wanted) k JOIN card_report r ON r.card = k.id
    WHERE k.state = 'valid' AND r.verdict IS DISTINCT FROM 'unfounded'
    GROUP BY r.kind ORDER BY 2, 1
$$;
REVOKE ALL ON FUNCTION card_marks(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION card_marks(text) TO alur_engine, alur_web;

DROP FUNCTION card_reported(text);
