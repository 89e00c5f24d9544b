DELETE FROM quarter_claims WHERE holder_id IN (SELECT id FROM appointment_bookings) OR holder_id IN (SELECT id FROM shifts);
DELETE FROM messages WHERE kind IN ('appointment_booked', 'appointment_cancelled', 'appointment_closed', 'shift_planned', 'shift_released');
DELETE FROM policies WHERE kind = 'appointments';
DROP TABLE shifts;
DROP TABLE appointment_bookings;
DROP TABLE appointment_slots;
DROP INDEX quarter_claims_holder;
ALTER TABLE quarter_claims RENAME COLUMN holder_id TO order_id;
CREATE INDEX quarter_claims_order ON quarter_claims (order_id);
