-- Sites 阵地: where people are served. Positions are WGS-84 in whole units of 1e-7 degrees, so that a box of them is a range of an index.
CREATE TABLE sites (
    id UUID NOT NULL PRIMARY KEY,
    region TEXT COLLATE "C" NOT NULL REFERENCES regions (division),
    division TEXT COLLATE "C" NOT NULL REFERENCES divisions (code),
    kind TEXT NOT NULL CHECK (kind IN ('incubation_centre', 'think_tank', 'station', 'party_service_centre', 'fixed_service_point', 'community_college', 'border_clinic', 'border_friendship_station', 'points_shop')),
    name_zh TEXT NOT NULL,
    name_en TEXT,
    name_vi TEXT,
    address TEXT NOT NULL,
    phone TEXT,
    longitude_e7 INTEGER NOT NULL CHECK (longitude_e7 BETWEEN -1800000000 AND 1800000000),
    latitude_e7 INTEGER NOT NULL CHECK (latitude_e7 BETWEEN -900000000 AND 900000000),
    hours TEXT NOT NULL,
    languages TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX sites_name ON sites (division, name_zh);
CREATE INDEX sites_place ON sites (active, latitude_e7, longitude_e7);

-- What is done for people at a site.
CREATE TABLE site_services (
    site_id UUID NOT NULL REFERENCES sites (id),
    service_id UUID NOT NULL REFERENCES services (id),
    PRIMARY KEY (site_id, service_id)
);
CREATE INDEX site_services_service ON site_services (service_id, site_id);
