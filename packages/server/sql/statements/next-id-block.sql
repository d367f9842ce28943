-- The number of the next free block of 100,000 ids. Asked about once in 90,000 ids.
SELECT nextval('id_blocks') AS block
