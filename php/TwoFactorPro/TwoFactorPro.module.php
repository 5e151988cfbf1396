<?php

# The module's main file, by whose name the engine finds it. The class is in lib/TwoFactorPro.php.
#
# The engine reads the main file of every module for its menu, and ends the page where one is no PHP: also where an upload
# broke off in the middle of it. So all that is here is one statement behind these lines, each of which begins with one letter
# that makes it a comment. Cut off before the statement this file declares nothing, and a module without its class is one that
# the engine leaves out; a class that is cut off or gone is not declared, either. What is then wrong stands on the page of
# health, and who signs in is not concerned.

try {
    is_file(__DIR__ . '/lib/TwoFactorPro.php') && require __DIR__ . '/lib/TwoFactorPro.php';
} catch (ParseError) {
}
