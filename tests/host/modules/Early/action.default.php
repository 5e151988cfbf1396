<?php

echo '<p id="signed-in">' . htmlspecialchars((string) get_username(false)) . '</p>';
