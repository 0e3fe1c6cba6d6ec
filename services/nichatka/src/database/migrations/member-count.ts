import type { Migration } from '@veche/service-kit'

/** Each panel shows how many are in each group: that is kept, for counting thousands of members anew took longer than all else. */
export const memberCount: Migration = {
  name: '202611211835_member_count',
  sql: `
    ALTER TABLE user_group ADD COLUMN member_count integer NOT NULL DEFAULT 0;
    UPDATE user_group g SET member_count =
      (SELECT count(*) FROM group_member m WHERE m.host_id = g.host_id AND m.group_id = g.id);

    CREATE FUNCTION count_members() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE user_group g SET member_count = member_count + CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END * more
        FROM (SELECT host_id, group_id, count(*) AS more FROM changed GROUP BY 1, 2) each
        WHERE g.host_id = each.host_id AND g.id = each.group_id;
        RETURN NULL;
      END $$;
    CREATE TRIGGER members_added AFTER INSERT ON group_member
      REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_members();
    CREATE TRIGGER members_removed AFTER DELETE ON group_member
      REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_members();`,
}
