with masks as (
    select run, photo, image, class, layer, cluster, height, width, mask(map, 20) as mask
    from maps
)
select a.run, a.image, a.layer, a.cluster,
    b.run as other_run, b.image as other_image, b.class as other_class, b.cluster as other_cluster,
    overlap(a.mask, b.mask) as overlap
from masks a
join masks b on b.layer = a.layer and b.height = a.height and b.width = a.width
where a.run <> b.run or a.photo <> b.photo
