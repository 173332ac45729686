select p.run, p.true_class as class,
    count(*) as images,
    sum(case when p.predicted = p.true_class then 1 else 0 end) as correct,
    100.0 * sum(case when p.predicted = p.true_class then 1 else 0 end) / count(*) as percent
from photos p
join classes c on c.run = p.run and c.class = p.true_class
where p.status = 'explained'
group by p.run, p.true_class
