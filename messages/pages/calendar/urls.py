from __future__ import annotations

from django.urls import path

from messages.pages.calendar.importing import from_library, import_file, take
from messages.pages.calendar.own_days import own_day_put_back, own_day_remove, own_days, own_days_add
from messages.pages.calendar.versions import restore
from messages.pages.calendar.year import about, begin, days, export, year
from messages.pages.calendar.years import year_list

urlpatterns = [
    path("official-calendar/", year_list, name="calendar_years"),
    path("official-calendar/import/", import_file, name="calendar_import"),
    path("official-calendar/own-days/", own_days, name="own_days"),
    path("official-calendar/own-days/add/", own_days_add, name="own_days_add"),
    path("official-calendar/own-days/<int:pk>/remove/", own_day_remove, name="own_day_remove"),
    path("official-calendar/own-days/<int:pk>/put-back/", own_day_put_back, name="own_day_put_back"),
    path("official-calendar/<int:year>/", year, name="calendar_year"),
    path("official-calendar/<int:year>/about/", about, name="calendar_about"),
    path("official-calendar/<int:year>/begin/", begin, name="calendar_begin"),
    path("official-calendar/<int:year>/days/", days, name="calendar_days"),
    path("official-calendar/<int:year>/export.csv", export, name="calendar_export"),
    path("official-calendar/<int:year>/library/", from_library, name="calendar_library"),
    path("official-calendar/<int:year>/take/", take, name="calendar_take"),
    path("official-calendar/<int:year>/versions/<int:number>/restore/", restore, name="calendar_restore"),
]
