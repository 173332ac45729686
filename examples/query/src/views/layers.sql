select l.run, l.layer, l.name, l.channels, p.images,
    l.maps / p.images as maps,
    l.weight_percent / p.images as weight_percent,
    l.clusters / p.images as clusters,
    l.maps_before / p.images as maps_before,
    l.weight_percent_before / p.images as weight_percent_before
from (
    -- What concerns the layer stands in every row of it, so it is taken from the first.
    select run, layer, min(layer_name) as name, max(maps) as channels,
        sum(channels) as maps,
        sum(weight_percent) as weight_percent,
        count(*) as clusters,
        sum(case when cluster = 0 then kept end) as maps_before,
        sum(case when cluster = 0 then leftover_percent end) as weight_percent_before
    from clusters
    group by run, layer
) l
join (
    -- An image without evidence in a layer counts with nothing there.
    select run, cast(count(*) as double) as images
    from photos
    where status = 'explained'
    group by run
) p on p.run = l.run
