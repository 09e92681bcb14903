"""Addresses of people and accounts. allauth's views keep their names; the paths are ours."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path

from accounts import views, village_views
from accounts.limits import MINUTE, limited

# AreaCodeConverter is registered there.
from regions import urls as _regions  # noqa: F401

urlpatterns = [
    # --- in, out and the second factor (allauth) -----------------------------------------------
    path("masuk/", limited(account.login, "login", 600, MINUTE), name="account_login"),
    path("masuk/kode/", mfa.authenticate, name="mfa_authenticate"),
    path("masuk/ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("masuk/ulang/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("keluar/", account.logout, name="account_logout"),
    path("daftar/", limited(account.signup, "signup", 60, MINUTE), name="account_signup"),
    path("daftar/kode/", account.email_verification_sent, name="account_email_verification_sent"),
    path("akun-nonaktif/", account.account_inactive, name="account_inactive"),
    path("email/", account.email, name="account_email"),
    path("kata-sandi/ubah/", account.password_change, name="account_change_password"),
    path("kata-sandi/buat/", account.password_set, name="account_set_password"),
    path("kata-sandi/lupa/", limited(account.password_reset, "reset", 60, MINUTE), name="account_reset_password"),
    path("kata-sandi/lupa/kode/", account.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("kata-sandi/lupa/baru/", account.complete_password_reset, name="account_complete_password_reset"),
    path("kata-sandi/lupa/selesai/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("keamanan/", mfa.index, name="mfa_index"),
    path("keamanan/aktifkan/", totp.activate_totp, name="mfa_activate_totp"),
    path("keamanan/matikan/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("keamanan/kode-pemulihan/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("keamanan/kode-pemulihan/buat/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("keamanan/kode-pemulihan/unduh/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    # --- access of village people ------------------------------------------------------------------
    path("akses-desa/", views.village_accesses, name="village-accesses"),
    path("akses-desa/baru/", views.village_access_new, name="village-access-new"),
    path("akses-desa/<slug:code>/", views.village_access, name="village-access"),
    path("akses-desa/<slug:code>/<slug:verb>/", views.VillageAccessMoves.as_view(), name="village-access-move"),
    # --- villages' offices and who works there -----------------------------------------------------
    path("desa-saya/", views.my_village, name="my-village"),
    path("kantor-desa/", views.village_offices, name="village-offices"),
    path("kantor-desa/<area_code:code>/", views.village_office, name="village-office"),
    path("kantor-desa/<area_code:code>/ubah/", views.village_office_edit, name="village-office-edit"),
    path("kantor-desa/<area_code:code>/riwayat/", views.village_office_history, name="village-office-history"),
    path("kantor-desa/<area_code:code>/data/ajukan/", village_views.village_data_new, name="village-data-new"),
    path(
        "kantor-desa/<area_code:code>/pergantian/", village_views.village_succession_new, name="village-succession-new"
    ),
    path("data-desa/<slug:code>/", village_views.village_data, name="village-data"),
    path("data-desa/<slug:code>/<slug:verb>/", village_views.VillageDataMoves.as_view(), name="village-data-move"),
    path("pergantian-pejabat/<slug:code>/", village_views.village_succession, name="village-succession"),
    path(
        "pergantian-pejabat/<slug:code>/<slug:verb>/",
        village_views.SuccessionMoves.as_view(),
        name="village-succession-move",
    ),
    path("keanggotaan/<slug:code>/akhiri/", views.membership_end, name="membership-end"),
    # --- one's own -------------------------------------------------------------------------------------
    path("pemberitahuan/", views.notices, name="notices"),
    path("profil/", views.profile, name="profile"),
    path("profil/nama/", views.profile_name, name="profile-name"),
    path("profil/data-saya/", views.profile_export, name="profile-export"),
    path("profil/keluar-semua/", views.end_sessions, name="end-sessions"),
    path("privasi/", views.privacy, name="privacy"),
]
