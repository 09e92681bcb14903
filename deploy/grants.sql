-- What the app's role may do; run as the owner after every migration. The owner's own role is for migrations only.
BEGIN;
GRANT USAGE ON SCHEMA public TO p2ktd;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO p2ktd;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO p2ktd;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM p2ktd;

-- Every table that a migration has made append-only (core/migrations/0002_append_only.py).
DO $$
DECLARE name regclass;
BEGIN
    FOR name IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'append_only_row' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM p2ktd', name);
    END LOOP;
END $$;
COMMIT;
