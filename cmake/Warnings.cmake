# Warnings are errors in the code that we write.
set(QUERN_WARNINGS -Wall -Wextra -Werror)
