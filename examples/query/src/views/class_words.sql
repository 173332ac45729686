select run, class, layer, label,
    count(distinct image) as images,
    count(*) as clusters,
    avg(weight) as weight_percent,
    sum(summed_score) as score
from labels
where best
group by run, class, layer, label
