select run, class, layer, min(layer_name) as name,
    count(distinct photo) as images,
    count(*) / cast(count(distinct photo) as double) as clusters,
    sum(channels) / cast(count(distinct photo) as double) as maps,
    sum(weight_percent) / count(distinct photo) as weight_percent,
    avg(case when cluster = 0 then weight_percent end) as heaviest_percent,
    avg(case when cluster = 0 then silhouette end) as silhouette
from clusters
group by run, class, layer
