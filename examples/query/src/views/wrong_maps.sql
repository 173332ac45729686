select c.run, c.image, c.true_class, c.predicted, p.probability, c.class, c.layer, c.cluster,
    c.weight_percent, c.channels
from clusters c
join photos p on p.run = c.run and p.photo = c.photo
where c.predicted <> c.true_class
