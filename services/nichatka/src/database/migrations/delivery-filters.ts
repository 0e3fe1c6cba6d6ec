import type { Migration } from '@veche/service-kit'

/**
 * What few of a reader's messages match is found without reading through all the others. What many match needs no index:
 * the page is full soon.
 */
export const deliveryFilters: Migration = {
  name: '202611211820_delivery_filters',
  sql: `
    CREATE INDEX delivery_sender ON delivery (host_id, user_id, sender_id, message_id)
      INCLUDE (status, color, shown_priority, incoming, outgoing);
    CREATE INDEX delivery_color ON delivery (host_id, user_id, color, message_id)
      INCLUDE (sender_id, status, shown_priority, incoming, outgoing) WHERE color <> 0;
    CREATE INDEX delivery_critical ON delivery (host_id, user_id, message_id)
      INCLUDE (sender_id, status, color, shown_priority, incoming, outgoing) WHERE shown_priority = 2;
    CREATE INDEX delivery_new ON delivery (host_id, user_id, message_id)
      INCLUDE (sender_id, status, color, shown_priority, incoming, outgoing) WHERE status = 0;`,
}
