
temperature 2мллллл@