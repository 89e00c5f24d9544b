DROP TABLE care_visits;
DROP TABLE care_plans;
-- What plans have done with needs is said in words that were known before.
UPDATE demand_events SET step = 'order' WHERE step = 'plan';
UPDATE demand_items SET order_live = FALSE WHERE order_id IS NULL;
DELETE FROM messages WHERE kind = 'visit_missed';
