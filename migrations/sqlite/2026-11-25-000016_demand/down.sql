DROP TABLE demand_texts;
DROP TABLE demand_events;
DROP TABLE demand_items;
DROP TABLE demand_lists;
DROP TABLE household_members;
DROP TABLE households;
