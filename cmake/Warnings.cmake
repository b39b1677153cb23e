# Warnings are errors in the code that we write.
set(QUERN_WARNINGS -Wall -Wextra -Werror)
# Where descriptors are written as lists: what a list leaves out is 0, float32 and channels last.
set(QUERN_DESCRIPTORS -Wno-missing-field-initializers)
